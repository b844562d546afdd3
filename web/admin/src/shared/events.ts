// Events every program has without declaring them, as people call them.
import type { Language } from './words';

export const BUILT_IN: Record<Language, Record<string, string>> = {
  en: {
    purchase: 'Purchase', 'order.created': 'Order placed', 'order.paid': 'Order paid', 'order.fulfilled': 'Order shipped', 'order.delivered': 'Order delivered',
    'order.updated': 'Order changed', 'order.refunded': 'Refund', 'order.refund_withdrawn': 'Refund withdrawn', 'order.cancelled': 'Order cancelled', visit: 'Visit',
    'member.enrolled': 'Joined', 'member.birthday': 'Birthday', 'member.anniversary': 'Anniversary of joining', 'member.updated': 'Profile changed',
    'tier.reached': 'Tier reached', 'tier.renewed': 'Tier kept', 'tier.lost': 'Tier lost', 'reward.redeemed': 'Reward redeemed', 'referral.completed': 'Referral completed',
  },
  es: {
    purchase: 'Compra', 'order.created': 'Pedido hecho', 'order.paid': 'Pedido pagado', 'order.fulfilled': 'Pedido enviado', 'order.delivered': 'Pedido entregado',
    'order.updated': 'Pedido modificado', 'order.refunded': 'Reembolso', 'order.refund_withdrawn': 'Reembolso retirado', 'order.cancelled': 'Pedido cancelado', visit: 'Visita',
    'member.enrolled': 'Alta', 'member.birthday': 'Cumpleaños', 'member.anniversary': 'Aniversario del alta', 'member.updated': 'Perfil cambiado',
    'tier.reached': 'Nivel alcanzado', 'tier.renewed': 'Nivel mantenido', 'tier.lost': 'Nivel perdido', 'reward.redeemed': 'Recompensa canjeada', 'referral.completed': 'Recomendación completada',
  },
};
