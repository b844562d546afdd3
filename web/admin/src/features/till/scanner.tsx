// Reading a code with the camera, where the browser can do it by itself; elsewhere the button is not shown.
import { Alert, Modal, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTillWords } from './words';

interface Detector {
  detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

const FORMATS = ['qr_code', 'code_128', 'ean_13', 'data_matrix'];
const EVERY = 150;

function detectorClass(): DetectorClass | undefined {
  return (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
}

/** Whether this browser reads codes: it has the detector and, on a secure page, a camera to ask for. */
export function canScan(): boolean {
  return detectorClass() !== undefined && typeof navigator.mediaDevices?.getUserMedia === 'function';
}

export function Scanner({ onRead, onClose }: { onRead: (text: string) => void; onClose: () => void }) {
  const { t } = useTillWords();
  const [failed, setFailed] = useState(false);
  const video = useRef<HTMLVideoElement>(null);
  const read = useRef(onRead);
  read.current = onRead;
  useEffect(() => {
    const Detect = detectorClass();
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const look = async (detector: Detector): Promise<void> => {
      const [code] = video.current === null ? [] : await detector.detect(video.current).catch(() => []);
      if (over) {
        return;
      }
      if (code !== undefined && code.rawValue !== '') {
        read.current(code.rawValue);
      } else {
        timer = setTimeout(() => void look(detector), EVERY);
      }
    };
    const open = async (): Promise<void> => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
        if (over || video.current === null || Detect === undefined) {
          stream.getTracks().forEach((track) => track.stop());
          return;
        }
        video.current.srcObject = stream;
        await video.current.play();
        await look(new Detect({ formats: FORMATS }));
      } catch {
        setFailed(true);
      }
    };
    void open();
    return () => {
      over = true;
      clearTimeout(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>{t('scanTitle')}</Text>} centered size="md" closeButtonProps={{ 'aria-label': t('close') }}>
      {failed ? (
        <Alert color="yellow">{t('scanNo')}</Alert>
      ) : (
        <video ref={video} muted playsInline aria-label={t('scanTitle')} style={{ width: '100%', aspectRatio: '4 / 3', objectFit: 'cover', borderRadius: 8, background: 'black' }} />
      )}
    </Modal>
  );
}
